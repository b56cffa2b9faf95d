"""Scanning by several computers: the queue in the database, and what works through it.

:class:`.queue.Farm` is a part of the store: folders, parcels (the videos of one job), workers,
faults, pausing and cancelling. Its tables are ``facereview.farm_*``; those of the queue itself,
``facereview.procrastinate_*``, are procrastinate's, whose loop :mod:`.worker` runs.

A parcel has one job in the queue, whose only argument is the parcel's number. The job is deleted
when it succeeded, its parcel with it.
"""
