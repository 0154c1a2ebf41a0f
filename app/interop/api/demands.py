"""Demands as the API gives and takes them: where a second step is asked of whoever holds a role."""

from datetime import datetime

from pydantic import BaseModel

from app.i18n.marking import N_
from app.identity.demands import demand_step, demands_in, waive_step
from app.interop.api.answers import Told
from app.interop.api.calls import Call
from app.interop.api.operations import Sent, operation
from app.interop.api.units import Key
from app.interop.scopes import ROLES_READ, ROLES_WRITE


class StepDemand(BaseModel):
    """An institution that asks a second step of its administrators, registrars and auditors."""

    institution: str
    since: datetime


class StepDemandList(BaseModel):
    """The institutions of the tree that ask it, by name; it holds for all under them."""

    demands: list[StepDemand]


class StepDemanded(Sent):
    """Whether an institution asks a second step from now on."""

    institution: Key
    demanded: bool


@operation(
    "GET", "/second-steps", ROLES_READ, N_("List where a second step is asked"),
    answer=StepDemandList,
)  # fmt: skip
def list_demands(call: Call) -> Told:
    """The demands of the tree's institutions."""
    return Told(StepDemandList(demands=_demands(call)))


@operation(
    "POST", "/second-steps", ROLES_WRITE, N_("Ask a second step of roles, or no longer"),
    answer=StepDemandList, body=StepDemanded, refuses=(409,),
)  # fmt: skip
def set_demand(call: Call) -> Told:
    """Ask it, if the token's maker has one themselves, or waive it; all demands are answered."""
    told: StepDemanded = call.body
    decide = demand_step if told.demanded else waive_step
    decide(call.db, call.by, call.unit(told.institution).id)
    return Told(StepDemandList(demands=_demands(call)))


def _demands(call: Call) -> list[StepDemand]:
    found = demands_in(call.db, call.within)
    return [StepDemand(institution=each.institution_key, since=each.set_at) for each in found]
