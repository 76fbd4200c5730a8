"""The registry of policies."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
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
        """This policy with its parameters set; InvalidScenario for an unknown one or a wrong
        type."""
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
        return partial(self.deal, **given)


POLICIES: dict[str, Policy] = {}


def policy(source: str) -> Callable[[Deal], Deal]:
    """Register a policy under its function's name, with the source of the idea."""

    def register(deal: Deal) -> Deal:
        parameters: dict[str, Any] = {
            par.name: par.default
            for par in inspect.signature(deal).parameters.values()
            if par.kind is inspect.Parameter.KEYWORD_ONLY
        }
        name, doc = deal.__name__, inspect.getdoc(deal) or ""
        POLICIES[name] = Policy(name, deal, doc, source, parameters)
        return deal

    return register


def load(choice: PolicyChoice) -> Callable[[View, Stream], Hand]:
    """The policy that a scenario names, with its parameters; runs its file's text first."""
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
