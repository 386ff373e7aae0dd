"""Calls a function by its name, so that nothing is imported before it is called.

A worker that is spawned is sent the function that readies it and that function's data through a
pipe, which holds little. Were the function named by reference, its imports would be made before
the data are taken out, and the sender, who starts the next worker, would wait for them.
"""

from __future__ import annotations

from importlib import import_module


def call(module: str, function: str, *given: object) -> None:
    """Imports the module and calls its function.

    Args:
        module: Full name of the module.
        function: What is called in it.
        given: What it is called with.

    Raises:
        ImportError: There is no such module.
        AttributeError: There is no such function in it.
    """
    getattr(import_module(module), function)(*given)
