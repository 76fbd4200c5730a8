"""The registry of policies."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from potluck.simulations.mixing.policy_view import Hand, View
from potluck.simulations.mixing.rng import Stream
from potluck.simulations.mixing.scenario import InvalidScenario, Parameter, PolicyChoice

Deal = Callable[..., Hand]


@dataclass(frozen=True)
class Policy:
    """A way of dealing: `deal` and what a report says of it."""

    name: str
    deal: Deal
    doc: str
    source: str
    parameters: Mapping[str, Parameter]
    """Name of each parameter and its default."""

    def bind(self, given: Mapping[str, Parameter]) -> Callable[[View, Stream], Hand]:
        """This policy with its parameters set; raises InvalidScenario for one it does not have or
        of another type."""
        for name, value in given.items():
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "none"
                raise InvalidScenario(
                    f"policy {self.name} has no parameter {name!r} (it has: {known})"
                )
            expected = type(self.parameters[name])
            if type(value) is not expected and (expected, type(value)) != (float, int):
                raise InvalidScenario(
                    f"policy {self.name}: {name} = {value!r} must be of type {expected.__name__}"
                )

        def deal(view: View, rng: Stream) -> Hand:
            return self.deal(view, rng, **given)

        return deal


POLICIES: dict[str, Policy] = {}


def policy(*, source: str, name: str = "") -> Callable[[Deal], Deal]:
    """Register a policy under its function's name (or `name`), with the source of the idea."""

    def register(deal: Deal) -> Deal:
        parameters: dict[str, Any] = {
            par.name: par.default
            for par in inspect.signature(deal).parameters.values()
            if par.kind is inspect.Parameter.KEYWORD_ONLY
        }
        key = name or deal.__name__
        POLICIES[key] = Policy(key, deal, inspect.getdoc(deal) or "", source, parameters)
        return deal

    return register


def load(choice: PolicyChoice) -> Callable[[View, Stream], Hand]:
    """The policy that a scenario names, with its parameters set; runs the text of its file
    first."""
    return _named(choice).bind(choice.parameters)


def parameters_of(choice: PolicyChoice) -> Mapping[str, Parameter]:
    """The parameters of the policy that a scenario names; none if it is not there."""
    try:
        return _named(choice).parameters
    except InvalidScenario:
        return {}


def _named(choice: PolicyChoice) -> Policy:
    if choice.code:
        code = compile(choice.code, choice.file or "policy", "exec")
        exec(code, {"__name__": "policy"})  # noqa: S102 - the researcher's own
    if choice.name not in POLICIES:
        raise InvalidScenario(
            f"there is no policy {choice.name!r}; there are: {', '.join(sorted(POLICIES))}"
        )
    return POLICIES[choice.name]
