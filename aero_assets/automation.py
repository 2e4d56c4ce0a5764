"""Sensors and schedules that pass their docstring to Dagster as their description, which Dagster does not do itself."""

from collections.abc import Callable
from inspect import getdoc
from typing import Any

import dagster as dg

Decorator = Callable[[Callable[..., Any]], Any]


def _described(make: Callable[..., Decorator]) -> Callable[..., Decorator]:
    """Return a decorator of Dagster that takes the description from the docstring of the decorated function."""
    return lambda **options: lambda function: make(description=getdoc(function), **options)(function)


sensor = _described(dg.sensor)
run_failure_sensor = _described(dg.run_failure_sensor)
schedule = _described(dg.schedule)
