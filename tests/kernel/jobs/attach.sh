# SPDX-License-Identifier: BSD-3-Clause
# What the kernel makes of images of ours: its list of namespaces, its reading of every sector, an
# ext4 on some, and ndctl's own check of each BTT that it can check. From /job/settings: FILL, the
# numbers of the DIMMs that get a file system; LABELLED, the nmems with a label area.
. /job/settings

# shellcheck disable=SC2086  # several names
ndctl read-labels -j $LABELLED >/out/labels.json || exit 1
ndctl list -N -v >/out/namespaces.json || exit 1
for device in /dev/pmem*s; do
  echo "$(dimm_of "$device") ${device##*/}" >>/out/devices
done

# list_sectors WHEN: of every device, what a reader sees.
list_sectors() {
  for device in /dev/pmem*s; do
    /job/sector_tool list "$device" "$(blockdev --getss "$device")" \
      >"/out/$1.${device##*/}" || return
  done
}

fill() {
  mke2fs -q -F -t ext4 "$1" && mount -t ext4 "$1" /mnt || return
  mkdir /mnt/folder && cp /job/payload /mnt/folder/payload || return
  for i in 1 2 3 4 5 6 7 8; do cp /job/settings "/mnt/folder/small.$i" || return; done
  sync
  rm /mnt/folder/small.3 && umount /mnt || return
  e2fsck -fn "$1" >/run/fsck 2>&1 || { cat /run/fsck; return 1; }
}

# check NAMESPACE: the check wants it at rest.
check() {
  ndctl disable-namespace "$1" >/run/check 2>&1 &&
    ndctl check-namespace "$1" >>/run/check 2>&1 || { cat /run/check; return 1; }
  echo "checked $1"
}

list_sectors before || exit
for device in /dev/pmem*s; do
  case " $FILL " in
    *" $(dimm_of "$device") "*) fill "$device" || exit ;;
  esac
done
list_sectors after || exit

# ndctl takes a BTT whose blocks are larger than its sectors (520 bytes and the like) for damaged.
for device in /dev/pmem*s; do
  btt=$(readlink -f "/sys/block/${device##*/}/device")
  case $(cat "$btt/sector_size") in
    *"[512]"* | *"[4096]"*) check "$(cat "$btt/namespace")" || exit ;;
  esac
done
