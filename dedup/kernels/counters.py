"""Counters of whom an article meets, which need not be cleared from one article to the next, compiled."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers.

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from dedup.kernels.compiling import inlined

_intrinsic: Any = intrinsic  # called with the typing context left out, which its own types do not know
LINE = 16  # numbers of 32 bits in a cache line
_COUNT_BITS = 11  # of a counter: more than the values of the longest signature
MAX_RANGE = (1 << (32 - _COUNT_BITS)) - 1  # articles that may count in the same counters


@inlined
def start(number):
    """What the counters of the article of this ``number`` (0 to :data:`MAX_RANGE` - 1) start at, uint32."""
    return np.uint32((number + 1) << _COUNT_BITS)


@inlined
def counted(hits, other, start):
    """Count a meeting with ``other`` in ``hits`` uint32[n] (zeros at first); returns ``start`` and the meetings."""
    count = np.uint32(max(hits[other], start) + 1)
    hits[other] = count
    return count


@inlined
def prefetch_row(array, row):
    """Ask for all the cache lines of ``array[row]``, of an array of numbers of 32 bits with two dimensions."""
    width = array.shape[1]
    for column in range(0, width, LINE):
        prefetch(array, np.int64(row) * width + column)


@_intrinsic
def prefetch(typing, array, position):
    """Ask for the cache line of ``array.ravel()[position]``, so that it is there when it is wanted."""

    def generate(context, builder, signature, arguments):
        held = context.make_array(signature.args[0])(context, builder, arguments[0])
        pointer = builder.bitcast(builder.gep(held.data, [arguments[1]]), ir.IntType(8).as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [ir.IntType(8).as_pointer(), *[ir.IntType(32)] * 3])
        ask = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        builder.call(ask, [pointer, *(ir.Constant(ir.IntType(32), value) for value in (0, 3, 1))])
        return context.get_dummy_value()

    return types.void(array, types.int64), generate
