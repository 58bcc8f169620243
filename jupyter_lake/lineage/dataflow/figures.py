"""Shapes of matplotlib objects: what was drawn on them, not how they were last rendered."""

from __future__ import annotations

import sys
from typing import Any

from jupyter_lake.lineage.dataflow.atoms import ATOMS
from jupyter_lake.lineage.dataflow.known import wordset
from jupyter_lake.lineage.dataflow.shapes import Shape

__all__ = ["PYPLOT", "current_figure", "look_artist", "look_axes", "look_figure"]

PYPLOT = "pyplot's current figure"
"""Stands for it where variables are named."""
_VOLATILE = wordset(
    "stale _stale stale_callback _stale_viewlims _cachedRenderer _callbacks callbacks figure "
    "_parent_figure axes canvas _axobservers _mouseover _remove_method _in_layout "
    "_original_dpi dpi _dpi _canvas_callbacks _button_pick_id _scroll_pick_id _invalidx "
    "_invalidy _transformed_path _subslice _path _xy _x _y _drawn _renderer _layout_engine "
    "_transformSet _clippath clipbox _position _originalPosition bbox "
    "ignore_existing_data_limits dataLim viewLim _viewLim transData transAxes transScale "
    "transLimits _tight _bbox"
)


def current_figure() -> Any:
    """Return pyplot's current figure without making one, None if there is none."""
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    manager = helpers.Gcf.get_active() if helpers is not None else None
    return manager.canvas.figure if manager is not None else None


def look_figure(value: Any) -> Shape:
    """Look at a figure: its axes and its own texts."""
    parts = [*value.axes, *value.texts, *value.legends, *value.images, *value.lines]
    parts += getattr(value, "subfigs", [])
    title = getattr(value, "_suptitle", None)
    size = tuple(float(side) for side in value.get_size_inches())
    state = (tuple(map(id, parts)), title.get_text() if title is not None else None, size)
    return Shape(state, parts)


def look_axes(value: Any) -> Shape:
    """Look at axes: their artists, titles, labels, scales and legend."""
    artists = list(value._children)
    texts = tuple(
        text.get_text()
        for text in (value.title, value._left_title, value._right_title, value.xaxis.label,
                     value.yaxis.label)
    )  # fmt: skip
    scales = (value.get_xscale(), value.get_yscale())
    manual = (value.get_autoscalex_on(), value.get_autoscaley_on())
    limits = () if all(manual) else tuple(map(float, (*value.get_xlim(), *value.get_ylim())))
    parts = [part for part in (value.legend_, *artists) if part is not None]
    grid = (value.xaxis._major_tick_kw.get("gridOn"), value.yaxis._major_tick_kw.get("gridOn"))
    facts = (texts, scales, manual, limits, value.axison, str(grid), value.get_facecolor())
    return Shape((tuple(map(id, artists)), id(value.legend_), facts), parts)


def look_artist(value: Any) -> Shape:
    """Look at a line, a patch, a text: its own settings, shallowly."""
    own = {key: held for key, held in vars(value).items() if key not in _VOLATILE}
    atoms = [held for held in own.values() if type(held) in ATOMS]
    state = tuple((key, held if type(held) in ATOMS else id(held)) for key, held in own.items())
    return Shape(state, (), atoms)
