# SPDX-License-Identifier: BSD-3-Clause
# What Linux makes of DIMMs that `create dimm` made: labels, namespaces, an ext4 on each block
# device. Then ndctl destroys the namespaces called "victim", and makes others in their place. From
# /job/settings: LABELLED, the nmems with a label area.
. /job/settings

# shellcheck disable=SC2086  # several names
ndctl read-labels -j $LABELLED >/out/labels.json || exit
ndctl list -N -v >/out/namespaces.json || exit
for region in /sys/bus/nd/devices/region*; do
  echo "$(dimm_of "/dev/pmem${region##*/region}") ${region##*/}" >>/out/regions
done

for device in /dev/pmem*; do
  mke2fs -q -F -t ext4 "$device" && mount -t ext4 "$device" /mnt || exit
  cp /job/payload /mnt/payload && umount /mnt || exit
  e2fsck -fn "$device" >/run/fsck 2>&1 || { cat /run/fsck; exit 1; }
  echo "filled ${device##*/}"
done

for name in /sys/bus/nd/devices/namespace*/alt_name; do
  [ "$(cat "$name")" = victim ] || continue
  victim=${name%/alt_name}
  victim=${victim##*/}
  region=region${victim#namespace}
  ndctl destroy-namespace -f "$victim" || exit
  ndctl create-namespace -r "${region%.*}" -m "$NEW_MODE" -s "$NEW_SIZE" -n heir >/run/new 2>&1 ||
    { cat /run/new; exit 1; }
  echo "replaced $victim"
done
# shellcheck disable=SC2086
ndctl read-labels -j $LABELLED >/out/labels_after.json
