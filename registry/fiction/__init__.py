"""Fictional households: for the demo, for trying things out, for tests. The same seed gives the same families."""

from registry.fiction.families import Family, families

__all__ = ["Family", "families"]
