"""Bytes of a text, many at a time: what numba has no words for, said in LLVM's."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# numba infers the types of compiled functions from their callers.

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_intrinsic: Any = intrinsic  # called with the typing context left out, which its own types do not know
AHEAD = 32  # bytes that are looked at in one go, and that must be there to read

_BYTE, _MASK, _WORD = ir.IntType(8), ir.IntType(AHEAD), ir.IntType(64)
_BYTES = ir.VectorType(_BYTE, AHEAD)
_CASE = 0x20  # the bit that tells lower from upper case in ASCII


def _all(value):
    return ir.Constant(_BYTES, [value] * AHEAD)


def _loaded(context, builder, array, offset, kind):
    """What stands at a place of an array of bytes, read as one ``kind``."""
    data = context.make_array(types.Array(types.uint8, 1, "C"))(context, builder, array).data
    return builder.load(builder.gep(data, [offset], inbounds=True, source_etype=_BYTE), align=1, typ=kind)


def _made(data, result, body):
    """A typing of (bytes, place) -> result, for arrays of bytes alone."""
    return result(data, types.int64), lambda context, builder, _, args: body(context, builder, *args)


@_intrinsic
def ascii_ahead(typing, data, offset):
    """Of the 32 bytes at ``offset``: bit i is set for an ASCII letter or digit, bit 32 + i for a capital letter.

    ``data`` uint8[bytes], ``offset`` int64. The upper half means nothing for a byte that is no letter or digit.
    """

    def body(context, builder, array, where):
        loaded = _loaded(context, builder, array, where, _BYTES)
        lower = builder.or_(loaded, _all(_CASE))
        letter = builder.icmp_unsigned("<", builder.sub(lower, _all(0x61)), _all(26))
        digit = builder.icmp_unsigned("<", builder.sub(loaded, _all(0x30)), _all(10))
        upper = builder.icmp_unsigned("!=", loaded, lower)
        low, high = (builder.zext(builder.bitcast(bits, _MASK), _WORD) for bits in (builder.or_(letter, digit), upper))
        return builder.or_(low, builder.shl(high, ir.Constant(_WORD, AHEAD)))

    return _made(data, types.uint64, body)


@_intrinsic
def four_bytes(typing, data, offset):
    """The four bytes at ``offset`` (int64) of ``data`` (uint8[bytes]) as a little-endian uint32."""

    def body(context, builder, array, where):
        return _loaded(context, builder, array, where, ir.IntType(32))

    return _made(data, types.uint32, body)


@_intrinsic
def low_zeros(typing, value):
    """How many of the lowest bits of a uint64 are zeros; 64: all."""

    def body(context, builder, _, args):
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), body
