#!/bin/sh
# After the files of the package are in their places. electron-builder fills in the two names.
program='/opt/${sanitizedProductName}/${executable}'
sandbox='/opt/${sanitizedProductName}/chrome-sandbox'
profile='/opt/${sanitizedProductName}/resources/apparmor-profile'
installed_profile='/etc/apparmor.d/${executable}'

has() { command -v "$1" >/dev/null 2>&1; }

ln -sf "$program" '/usr/bin/${executable}'

# Chromium's sandbox needs namespaces that an account may make itself, or a helper that is root.
if unshare --user true 2>/dev/null; then chmod 0755 "$sandbox"; else chmod 4755 "$sandbox"; fi

if has update-mime-database; then update-mime-database /usr/share/mime || true; fi
if has update-desktop-database; then update-desktop-database -q /usr/share/applications || true; fi
if has gtk-update-icon-cache; then gtk-update-icon-cache -qtf /usr/share/icons/hicolor || true; fi

# Where AppArmor keeps namespaces from programs without a profile, ours allows them. Older versions do not understand the
# profile and do not need it.
if has apparmor_status && apparmor_status --enabled 2>/dev/null; then
  if apparmor_parser --skip-kernel-load "$profile" >/dev/null 2>&1; then
    cp -f "$profile" "$installed_profile"
    apparmor_parser --replace --write-cache --skip-read-cache "$installed_profile" || true
  fi
fi

# The rule of the package lets people at devices that are plugged in already.
if has udevadm; then
  udevadm control --reload 2>/dev/null || true
  udevadm trigger --subsystem-match=usb --action=change 2>/dev/null || true
fi
exit 0
