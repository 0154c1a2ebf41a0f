"""Signatures: what a file is by its own first bytes, whatever its name says."""

# All that tells the kinds below apart lies within these first bytes.
HEAD = 64
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"OggS", "ogg"),
    (b"ID3", "mp3"),
    (b"\xff\xfb", "mp3"),
    (b"\xff\xf3", "mp3"),
    (b"\xff\xf2", "mp3"),
    (b"WEBVTT", "vtt"),
    (b"\xef\xbb\xbfWEBVTT", "vtt"),
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
)
_AVIF = (b"avif", b"avis")
_SOUND = (b"M4A ", b"M4B ")
# Brands of the same container that hold stills, or films that only some browsers play.
_NEITHER = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"qt  ")
_SAME = {"jpeg": ("jpg",), "opus": ("ogg",), "m4a": ("m4a", "mp4")}


def kind_of(content: bytes) -> str:
    """The ending that the first bytes stand for, or nothing; an archive of any kind is a zip."""
    head = content[:HEAD]
    if head[:4] == b"RIFF":
        return "webp" if head[8:12] == b"WEBP" else ""
    if head[4:8] == b"ftyp":
        return _of_brand(head[8:12])
    if head[:4] == b"\x1aE\xdf\xa3":
        return "webm" if b"webm" in head else ""
    return next((kind for begins, kind in _BEGINNINGS if head.startswith(begins)), "")


def is_what_it_says(name: str, content: bytes) -> bool:
    """Whether a file that is shown in a page is of the kind that its ending names."""
    ending = name.rpartition(".")[2].lower()
    return kind_of(content) in _SAME.get(ending, (ending,))


def _of_brand(brand: bytes) -> str:
    if brand in _AVIF:
        return "avif"
    if brand in _SOUND:
        return "m4a"
    return "" if brand in _NEITHER else "mp4"
