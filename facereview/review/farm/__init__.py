"""Scanning by several computers.

- :mod:`.records`: what was added and worked off.
- :mod:`.roots`: paths below the folders of the library.
- :mod:`.adding`: puts videos into the queue.
- :mod:`.working`: takes jobs on this computer until it is told to stop; :mod:`.watching` looks
  beside it whether the farm is paused, which folders are here and which workers are dead.
- :mod:`.of_library`: makes both for an open library.
- :mod:`.status`: the farm as it is seen and driven from outside, paused and cancelled.

The queue itself is a part of the store: :class:`facereview.store.farm.queue.Farm`.
"""
