from __future__ import annotations

from typing import Any

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from app.core.forms import BaseForm
from app.core.i18n import lazy_gettext as _l

THEMES = {"": _l("As my device"), "light": _l("Light"), "dark": _l("Dark")}
TEXTS = {"": _l("Usual"), "big": _l("Bigger"), "bigger": _l("Biggest")}
SPACES = {"": _l("Usual"), "wide": _l("More space between lines and letters")}


class SettingsForm(BaseForm):
    theme = RadioField(_l("Colours"))
    text = RadioField(_l("Text size"))
    space = RadioField(_l("Spacing"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field, choices in ((self.theme, THEMES), (self.text, TEXTS), (self.space, SPACES)):
            field.choices = [SelectChoice(k, str(v)) for k, v in choices.items()]
