/* How one picture travels: the same branching process as app/curriculum/spread.py, drawn as it runs. A test holds the two together. */
export const FRIENDS = 4, HOURS = 24, SLOWEST = 3, MOST = 300, TRIES = 200, RADIUS = 100;
const FINGERPRINT_HOUR = 3, FINGERPRINT_BLOCKS = 6, REPORT_BLOCKS = 7, WHOLE = 2 ** 32;
const TURN = [-7373688780, 6754902942];

export const mix = (v) => {
  v = Math.imul(v ^ (v >>> 16), 0x85EBCA6B);
  v = Math.imul(v ^ (v >>> 13), 0xC2B2AE35);
  return (v ^ (v >>> 16)) >>> 0;
};
const luck = (phone, friend, what) => mix(phone + Math.imul(0x9E3779B9, 1 + friend + FRIENDS * what)) / WHOLE;

const getsThrough = ({ reportHour, fingerprint }, hour, chance) => {
  let passes = 1;
  if (reportHour && hour > reportHour) passes = passes * (10 - REPORT_BLOCKS) / 10;
  if (fingerprint && hour > FINGERPRINT_HOUR) passes = passes * (10 - FINGERPRINT_BLOCKS) / 10;
  return chance < passes;
};

const send = (setting, phone, place, arriving) => {
  for (let friend = 0; friend < FRIENDS; friend++) {
    const sure = place === 0 && friend === 0;
    if (!sure && luck(phone.luck, friend, 0) >= setting.tenths / (10 * FRIENDS)) continue;
    const hour = phone.hour + 1 + Math.floor(luck(phone.luck, friend, 1) * SLOWEST);
    if (!sure && !getsThrough(setting, hour, luck(phone.luck, friend, 2))) continue;
    arriving[hour].push({ luck: mix(phone.luck + 1 + friend), hour, sender: place });
  }
};

export const run = (setting, seed, hours = HOURS) => {
  const phones = [{ luck: mix(seed), hour: 0, sender: -1 }];
  const arriving = Array.from({ length: HOURS + SLOWEST + 1 }, () => []);
  send(setting, phones[0], 0, arriving);
  for (let hour = 1; hour <= hours; hour++) {
    if (phones.length + arriving[hour].length > MOST) return { phones, hours: hour - 1, over: false };
    for (const phone of arriving[hour]) {
      phones.push(phone);
      if (!(setting.refuses && phone.luck === mix(phones[0].luck + 1))) send(setting, phone, phones.length - 1, arriving);
    }
  }
  return { phones, hours, over: !arriving.slice(hours + 1).some((all) => all.length) };
};

export const reached = ({ phones, hours }) => Array.from({ length: hours + 1 }, (_, hour) => phones.filter((p) => p.hour <= hour).length);

export const compare = (setting, seed) => {
  const without = run({ tenths: setting.tenths }, seed);
  const braked = run(setting, seed, without.hours);
  const got = new Set(braked.phones.map((p) => p.luck));
  const friend = mix(without.phones[0].luck + 1);
  return { without, braked, got, refusing: setting.refuses ? without.phones.findIndex((p) => p.luck === friend) : -1 };
};

export const many = (setting, seed) => {
  const all = Array.from({ length: TRIES }, (_, n) => compare(setting, seed + 1 + n));
  const middle = (which) => all.map((c) => c[which].phones.length).sort((a, b) => a - b)[(TRIES - 1) >> 1];
  const over = (which) => all.filter((c) => c[which].over).length;
  return { without: middle("without"), braked: middle("braked"), overWithout: over("without"), overBraked: over("braked") };
};

export const places = () => {
  const spots = [];
  for (let n = 0, x = 1, y = 0; n < MOST; n++) {
    const far = Math.sqrt(n / MOST) * (RADIUS - 5);
    spots.push([Math.floor(x * far * 10 + 0.5) / 10, Math.floor(y * far * 10 + 0.5) / 10]);
    [x, y] = [(x * TURN[0] - y * TURN[1]) / 1e10, (x * TURN[1] + y * TURN[0]) / 1e10];
  }
  return spots;
};
