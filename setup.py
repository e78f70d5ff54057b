"""What a wheel holds: `app/` with its templates and files, and the lessons, translations and migrations that stand beside it in a checkout.

`app/config.py` finds the latter under `app/shipped/` where Balise was installed from a wheel."""

from setuptools import find_namespace_packages, setup

KINDS = ("html", "xml", "txt", "toml", "css", "js", "svg", "png", "jpg", "woff2", "md", "gz")
BESIDE = {"lessons": ["**/*.md", "**/*.toml", "**/*.svg"], "translations": ["*/LC_MESSAGES/*.po"], "migrations": ["**/*.py", "**/*.mako"]}

setup(
    packages=[*find_namespace_packages(include=["app", "app.*"]), *(f"app.shipped.{name}" for name in BESIDE)],
    package_dir={f"app.shipped.{name}": name for name in BESIDE},
    package_data={"": [f"*.{kind}" for kind in KINDS], **{f"app.shipped.{name}": patterns for name, patterns in BESIDE.items()}},
)
