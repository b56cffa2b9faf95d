"""Decisions under every fault that a workstation and a server can have, and a check of all."""
