#!/bin/sh
# After the files of the package are gone, or replaced by those of a newer one: dpkg says "upgrade" then, rpm how many are left.
case "$1" in upgrade | 1) exit 0 ;; esac

link='/usr/bin/${executable}'
if [ -L "$link" ] && [ ! -e "$link" ]; then rm -f "$link"; fi

profile='/etc/apparmor.d/${executable}'
if [ -f "$profile" ]; then
  if command -v apparmor_parser >/dev/null 2>&1; then apparmor_parser --remove "$profile" 2>/dev/null || true; fi
  rm -f "$profile"
fi

if command -v udevadm >/dev/null 2>&1; then udevadm control --reload 2>/dev/null || true; fi
exit 0
