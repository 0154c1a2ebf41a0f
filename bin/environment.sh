# Sourced by the programs beside it: the clone's place, its environment, the system's packages.
# shellcheck shell=bash

clone=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
python="$clone/.venv/bin/python"

say() { printf '%s\n' "$*" >&2; }

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

# as_root COMMAND...: run it with the rights that installing needs; false where we may not.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo -n "$@"
  else
    return 1
  fi
}

# install_packages NAME...: the system's packages, or the one command that a person has to run.
install_packages() {
  command -v apt-get >/dev/null || fail "Please install with your system's packages: $*"
  as_root true || fail "This needs a package. Run this, then try again:" "  sudo apt-get install $*"
  say "Installing $* with apt-get..."
  if as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" </dev/null >/dev/null 2>&1 ||
    { as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null >/dev/null 2>&1 &&
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" </dev/null >/dev/null; }; then
    return
  fi
  fail "apt-get could not install: $*"
}

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# find_python: the first Python that will do, by the names Debian and Ubuntu give it.
find_python() {
  local name
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null && is_new_enough "$name"; then
      command -v "$name"
      return
    fi
  done
  return 1
}

make_virtual_environment() {
  local system
  [ -w "$clone" ] || fail "$clone is not writable, so the environment cannot be made in it."
  if ! system=$(find_python); then
    install_packages python3 python3-venv
    system=$(find_python) || fail "Capacita needs Python 3.11 or newer; here is none."
  fi
  if ! "$system" -c 'import venv, ensurepip; ensurepip.version()' 2>/dev/null; then
    case $system in
      */python3) install_packages python3-venv ;;
      *) install_packages "$(basename "$system")-venv" ;;
    esac
  fi
  "$system" -m venv --clear "$clone/.venv"
}

# make_environment LOCK [CONTAINED...]: .venv holds exactly what LOCK says, each file's hash
# compared; nothing is done, and no network needed, when it did so before. CONTAINED are locks
# that LOCK holds whole.
make_environment() {
  local lock mark
  exec 9<"$clone"
  flock 9
  if [ ! -x "$python" ] || ! "$python" -c 'import pip' 2>/dev/null; then
    make_virtual_environment
  fi
  mark=$(mark_of "$1")
  if ! grep -qsxF "$mark" "$clone/.venv/installed"; then
    say "Installing what $1 lists into .venv; this takes a minute or two, once..."
    "$python" -m pip install --quiet --quiet --disable-pip-version-check --no-input --require-hashes \
      --requirement "$clone/$1" </dev/null ||
      fail "The packages could not be installed; see above. Run this again when that is mended."
    for lock in "$@"; do mark_of "$lock"; done >"$clone/.venv/installed"
  fi
  exec 9<&-
}

mark_of() {
  printf '%s %s %s\n' "$1" "$(sha256sum <"$clone/$1" | cut -c1-64)" \
    "$("$python" -c 'import sys; print(*sys.version_info[:2], sep=".")')"
}

# capacita ARGUMENT...: the command, whatever folder we are in and whatever lies there.
capacita() {
  PYTHONPATH="$clone${PYTHONPATH:+:$PYTHONPATH}" exec "$python" -P -m app "$@"
}
