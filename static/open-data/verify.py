"""Verify a statistical bulletin with Python alone: python3 verify.py ZIP-OR-ADDRESS PUBLIC-KEY"""
import base64, hashlib, io, json, sys, urllib.request, zipfile

P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Ed25519, RFC 8032
D = -121665 * pow(121666, -1, P) % P

def add(a, b):
    (x, y), (u, v), t = a, b, D * a[0] * a[1] * b[0] * b[1]
    return (x * v + y * u) * pow(1 + t, -1, P) % P, (y * v + x * u) * pow(1 - t, -1, P) % P

def times(n, a):
    return (0, 1) if not n else add(times(n - 1, a), a) if n & 1 else times(n // 2, add(a, a))

def point(code):
    y, is_odd = int.from_bytes(code, "little") % 2**255, code[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P)
    root = pow(square, (P + 3) // 8, P)
    roots = [x for x in (root, root * pow(2, P // 4, P) % P) if (x * x - square) % P == 0]
    return (roots[0] if roots[0] % 2 == is_odd else P - roots[0], y) if roots else (0, 0)

def is_signed(key, message, signature):
    s, base = int.from_bytes(signature[32:], "little"), point(b"X" + b"f" * 31)
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
    return s < Q and times(s, base) == add(point(signature[:32]), times(h, point(key)))

def faults(archive, key):
    held = {name: archive.read(name) for name in archive.namelist()}
    manifest, signature = held.pop("manifest.json", b""), held.pop("manifest.json.sig", b"")
    if len(signature) != 64 or len(key) != 32 or not is_signed(key, manifest, signature):
        return ["manifest.json or manifest.json.sig is not what this key signed"]
    told = {each["path"]: each["sha256"] for each in json.loads(manifest)["files"]}
    found = {path: hashlib.sha256(content).hexdigest() for path, content in held.items()}
    return [path + " is not what was signed" for path in sorted(dict(told.items() ^ found.items()))]

if len(sys.argv) != 3: sys.exit(__doc__)
place, key = sys.argv[1], base64.b64decode(sys.argv[2])
source = io.BytesIO(urllib.request.urlopen(place).read()) if "://" in place else place
wrong = faults(zipfile.ZipFile(source), key)
print("\n".join(wrong) or "Every file is what was signed.")
sys.exit(len(wrong) > 0)
