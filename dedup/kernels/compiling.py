"""How the loops are compiled: those that Python calls, and those that only compiled loops call.

All run without the interpreter's lock, and none counts references to arrays (``_nrt=False``): no kernel makes one.
"""

from __future__ import annotations

import functools
from typing import Any

from numba import njit

_compile: Any = functools.partial(njit, nogil=True, _nrt=False)

#: For functions that Python calls; what they are compiled to is kept for the next run.
entry = _compile(cache=True)

#: For functions that only others here call: Python cannot call them, which spares a quarter of the time of compiling.
helper = _compile(no_cpython_wrapper=True, no_cfunc_wrapper=True)

#: The same, for what runs for every word: a call that hands on several arrays costs some thirty pushes to the stack.
inlined = _compile(no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)
