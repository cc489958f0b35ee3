#!/usr/bin/env bash
# digit-fid in one file: this script, and after it an archive with the program, its launcher and Deno.
# The first start unpacks the archive into a cache folder, which may be deleted at any time.
set -euo pipefail

readonly ARCHIVE_LINE=@ARCHIVE_LINE@ # where the archive begins
readonly ARCHIVE_HASH=@ARCHIVE_HASH@ # its SHA-256
readonly LISTING_HASH=@LISTING_HASH@ # SHA-256 of the sizes and paths of the files in it

give_up() {
  printf 'digit-fid: %s\n' "$1" >&2
  exit 1
}

archive() { tail -n "+$ARCHIVE_LINE" -- "$file"; }
hash() { sha256sum | cut -d ' ' -f 1; }

# Sizes tell a file that is missing or cut short; to hash them all would slow each start down.
is_unpacked() (
  cd -- "$app" && [[ $(find . -type f -printf '%s %P\n' | LC_ALL=C sort | hash) == "$LISTING_HASH" ]]
) 2>/dev/null

# A folder that is renamed once it is whole: a start that is killed here leaves no half of a program.
unpack() {
  local reason
  printf 'digit-fid: unpacking into %s, once\n' "$app" >&2
  [[ $(archive | hash) == "$ARCHIVE_HASH" ]] || give_up "$file is damaged: get it again"
  rm -rf -- "$app" "$app.part"
  reason=$({ mkdir -- "$app.part" && archive | tar -xz --no-same-owner -C "$app.part"; } 2>&1) || {
    rm -rf -- "$app.part"
    give_up "cannot unpack into $cache (set XDG_CACHE_HOME for another folder): ${reason%%$'\n'*}"
  }
  mv -T -- "$app.part" "$app"
}

file=$(readlink -f -- "${BASH_SOURCE[0]}")
[[ -n ${XDG_CACHE_HOME:-${HOME:-}} ]] || give_up "no folder to unpack into: set HOME or XDG_CACHE_HOME"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/digit-fid
app=$cache/${ARCHIVE_HASH:0:16}

if ! is_unpacked; then
  { mkdir -p -- "$cache" && : >>"$app.lock"; } 2>/dev/null || give_up "cannot write to $cache: set XDG_CACHE_HOME for another folder"
  # Of two starts at once the second waits, and then finds the work done.
  (flock 9 && { is_unpacked || unpack; }) 9>"$app.lock" || exit 1
fi
export DENO_NO_UPDATE_CHECK=1 # this Deno is not the user's to upgrade
exec "$app/digit-fid" "$@"
