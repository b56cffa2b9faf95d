"""What a curator does: decisions, queue, suggestions, scanning and enrolling. No Qt, no SQL."""
