"""How a procedure runs: at each element how many wait now, how long it takes, and which ways are taken out of it.

Read off the history of tasks and passages by SQL (`seen`), for the cases that a viewer sees. Elements are told apart by their id,
over all versions of the drawing that have it. `ways` tells which flows lead back or refuse.
"""

from engine.watch.seen import Asked
from engine.watch.steps import Place, Standing, Step, places, standing, steps
from engine.watch.ways import Ways, ways

__all__ = ["Asked", "Place", "Standing", "Step", "Ways", "places", "standing", "steps", "ways"]
