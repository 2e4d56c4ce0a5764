"""The alert rules (`rules.toml`): the code that reads them and decides when a level is entered and left."""

from aero_streaming.rules.register import RULES, Rule, RuleError, Status, rules, status, wilson_bounds

__all__ = ["RULES", "Rule", "RuleError", "Status", "rules", "status", "wilson_bounds"]
