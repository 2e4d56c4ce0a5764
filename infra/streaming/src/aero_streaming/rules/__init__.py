"""The alert rules (`rules.toml`): the code that reads them and decides when a level is entered and left."""

from aero_streaming.rules.register import (
    RULES,
    DayRule,
    Rule,
    RuleError,
    Status,
    rules,
    rules_of_days,
    status,
    wilson_bounds,
)

__all__ = ["RULES", "DayRule", "Rule", "RuleError", "Status", "rules", "rules_of_days", "status", "wilson_bounds"]
