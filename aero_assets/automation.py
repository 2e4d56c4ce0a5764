"""Sensors and schedules that carry their docstring into Dagster's UI, which otherwise shows none."""

from collections.abc import Callable
from inspect import getdoc
from typing import Any

import dagster as dg

Decorator = Callable[[Callable[..., Any]], Any]


def sensor(**options: Any) -> Decorator:  # noqa: ANN401 - Dagster's own
    """Return `dg.sensor`, described by the docstring of what it decorates."""
    return lambda function: dg.sensor(description=getdoc(function), **options)(function)


def run_failure_sensor(**options: Any) -> Decorator:  # noqa: ANN401 - Dagster's own
    """Return `dg.run_failure_sensor`, described by the docstring of what it decorates."""
    return lambda function: dg.run_failure_sensor(description=getdoc(function), **options)(function)


def schedule(**options: Any) -> Decorator:  # noqa: ANN401 - Dagster's own
    """Return `dg.schedule`, described by the docstring of what it decorates."""
    return lambda function: dg.schedule(description=getdoc(function), **options)(function)
