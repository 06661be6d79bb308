# SPDX-License-Identifier: BSD-3-Clause
# What Linux makes of DIMMs that we made: labels, namespaces, an ext4 on each block device. Then
# ndctl destroys the namespaces called "victim" and makes others in their place; where there are no
# labels, it gives the region a new mode. From /job/settings: LABELLED, the nmems with a label area;
# NEW_MODE, NEW_SIZE.
. /job/settings

# shellcheck disable=SC2086  # several names
labels() { [ -z "$LABELLED" ] || ndctl read-labels -j $LABELLED >"$1"; }

quietly() { "$@" >/run/said 2>&1 || { cat /run/said; exit 1; }; }

labels /out/labels.json || exit
ndctl list -N -v >/out/namespaces.json || exit
for region in /sys/bus/nd/devices/region*; do
  echo "$(dimm_of "/dev/pmem${region##*/region}") ${region##*/}" >>/out/regions
done

for device in /dev/pmem*; do
  [ -b "$device" ] || continue
  mke2fs -q -F -t ext4 "$device" && mount -t ext4 "$device" /mnt || exit
  cp /job/payload /mnt/payload && umount /mnt || exit
  quietly e2fsck -fn "$device"
  echo "filled ${device##*/}"
done

for name in /sys/bus/nd/devices/namespace*/alt_name; do
  [ "$(cat "$name")" = victim ] || continue
  victim=${name%/alt_name}
  victim=${victim##*/}
  region=region${victim#namespace}
  ndctl destroy-namespace -f "$victim" || exit
  quietly ndctl create-namespace -r "${region%.*}" -m "$NEW_MODE" -s "$NEW_SIZE" -n heir
  echo "replaced $victim"
done
while read -r dimm region; do
  case " $LABELLED " in *" nmem$dimm "*) continue ;; esac
  quietly ndctl create-namespace -f -e "namespace${region#region}.0" -m "$NEW_MODE"
  echo "replaced ${region}"
done </out/regions
labels /out/labels_after.json
