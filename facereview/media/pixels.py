"""The pictures of a library: frames of its videos, crops of faces, pictures of references."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from weakref import WeakKeyDictionary

from facereview.errors import MediaError
from facereview.media.crops import CropCache, FaceCrop, cut_face, read_crop
from facereview.media.fingerprint import check_film, content_of
from facereview.media.frames import Frame, ReaderCache, VideoReader
from facereview.records import Box, Face, Reference, Video


class LibraryPixels:
    """Frames, crops and reference pictures; belongs to one thread, which owns the video readers.

    ``local`` says where a path of the library is on this computer.
    """

    def __init__(
        self, crops: CropCache, references: CropCache, local: Callable[[str], Path] = Path
    ) -> None:
        self._local = local
        self._crops = crops
        self._references = references
        self._readers = ReaderCache()
        self._contents: WeakKeyDictionary[VideoReader, str] = WeakKeyDictionary()

    def frame(self, video: Video, seconds: float) -> Frame:
        """The frame on screen at that second, in full size.

        Raises:
            ReplacedFile: the file is another film than the video's faces were found in.
            MediaError: the video is gone or cannot be read.
        """
        return self._reader(video).frame_at(seconds)

    def clip(self, video: Video, start: float, end: float, max_side: int) -> Iterator[Frame]:
        """The frames of a stretch for playing, in time order.

        Raises as :meth:`frame`.
        """
        return self._reader(video).clip(max(0.0, start), end, max_side=max_side)

    def _reader(self, video: Video) -> VideoReader:
        """The open reader of a video's film, whose fingerprint is read when it is opened."""
        path = self._local(video.path)
        reader = self._readers.reader(path)
        if reader not in self._contents:
            self._contents[reader] = content_of(path)
        check_film(path, video.content, self._contents[reader])
        return reader

    def face(self, face_id: int) -> FaceCrop | None:
        """A face's stored crop, square; None where there is none yet."""
        return self._crops.crop(face_id)

    def keep_faces(self, faces: Sequence[Face], picture: Frame) -> None:
        """Store the crops of faces out of their frame, where they are missing."""
        height, width = picture.pixels.shape[:2]
        for face in faces:
            box = face.box.in_frame(width, height)
            if box is not None and self._crops.get(face.id) is None:
                self._crops.put(face.id, cut_face(picture.pixels, box))

    def reference(self, reference: Reference) -> FaceCrop | None:
        """A picture of a reference, square; None where there is none.

        References that another program made have no kept picture: the middle of their source
        image stands in, if it can be read.
        """
        kept = self._references.crop(reference.id)
        if kept is not None or not reference.source_path:
            return kept
        crop = self.picture(reference.source_path)
        if crop is not None:
            self._references.put(reference.id, crop)
        return crop

    def picture(self, path: str) -> FaceCrop | None:
        """The middle of an image file, square; None where it cannot be read.

        A file that was made of a face's crop is that crop.
        """
        try:
            crop = read_crop(self._local(path))
        except MediaError:
            return None
        height, width = crop.pixels.shape[:2]
        if crop.box is not None and width == height:
            return crop
        return FaceCrop(cut_face(crop.pixels, Box(0, 0, width, height), margin=0.0).pixels)
