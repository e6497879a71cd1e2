"""Pages from templates, with everything that is inserted escaped."""

from __future__ import annotations

from typing import Any

import jinja2

from zukan.evaluation.diagnosis import listed
from zukan.report import formatting


def render(template: str, **values: Any) -> str:
    """Return the page that a template of this folder makes of ``values``."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
                                     lstrip_blocks=True, loader=jinja2.PackageLoader("zukan.report", "."))
    environment.filters |= {"article": formatting.article, "count": formatting.count, "nats": formatting.decimal,
                            "percent": formatting.percent,
                            "evidence": lambda finding: listed(finding.evidence)}
    environment.globals["plural"] = formatting.plural
    return environment.get_template(template).render(**values)
