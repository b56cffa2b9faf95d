"""The Clusters page is the page here, and the faces are those in its clusters."""

from __future__ import annotations

import pytest

from facereview.ui.clusters.page import ClusterPage
from support import Faces


@pytest.fixture
def faces(clustered: Faces) -> Faces:
    """Four faces like Ann, three of a new person, two more of another, one alone."""
    return clustered


@pytest.fixture
def page(faces: Faces, cluster_page: ClusterPage) -> ClusterPage:
    """The Clusters page with its first cluster at hand; ``faces`` come before it is made."""
    assert faces.ids
    return cluster_page
