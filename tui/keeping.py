"""Where totals of stores are kept from one time to the next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tui.config import Config

if TYPE_CHECKING:
    from queries.keeping.fold_cache import EntryInfo, FoldCache


def totals_cache(config: Config, *, wanted: bool = True) -> FoldCache | None:
    """The folder in the user's cache; None where nothing is to be kept, or nowhere.

    Nothing is made before something is kept.

    Args:
        config: the user's settings.
        wanted: False where the command line says not to.
    """
    if not (wanted and config.cache):
        return None
    from queries.keeping.kept_totals import user_cache

    return user_cache()


def kept_of(cache: FoldCache | None, path: Path) -> list[EntryInfo] | None:
    """What is kept of a store; None without a cache.

    Where a store has several tables of events, the commands keep totals apart from those of the
    screen, which takes the tables in turns.
    """
    if cache is None:
        return None
    from queries.keeping.kept_totals import BY_SLICES, BY_TIME

    entries = (cache.info(path, order) for order in (BY_SLICES, BY_TIME))
    return [entry for entry in entries if entry is not None]
