"""Sensors and schedules that carry their docstring into Dagster's UI, which otherwise shows none."""

from collections.abc import Callable
from inspect import getdoc
from typing import Any

import dagster as dg

Decorator = Callable[[Callable[..., Any]], Any]


def _described(make: Callable[..., Decorator]) -> Callable[..., Decorator]:
    """Return a decorator of Dagster's that takes the description from the docstring of what it decorates."""
    return lambda **options: lambda function: make(description=getdoc(function), **options)(function)


sensor = _described(dg.sensor)
run_failure_sensor = _described(dg.run_failure_sensor)
schedule = _described(dg.schedule)
