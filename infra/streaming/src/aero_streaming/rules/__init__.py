"""The rules of the traffic lights (`rules.toml`): how they are read, and how a level is entered and left."""

from aero_streaming.rules.register import RULES, Rule, RuleError, Status, rules, status, wilson_bounds

__all__ = ["RULES", "Rule", "RuleError", "Status", "rules", "status", "wilson_bounds"]
