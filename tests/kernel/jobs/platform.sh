# SPDX-License-Identifier: BSD-3-Clause
# What Linux makes of DIMMs and an NFIT of ours: labels, regions, namespaces, and an ext4 on each.
# Then a namespace is destroyed and another one made. From /job/settings: GONE, the name of the one;
# FRESH, the size of the other in bytes.
. /job/settings
ndctl read-labels -j all >/out/labels.json || exit 1
ndctl list -R >/out/regions.json && ndctl list -N -v >/out/namespaces.json || exit 1
for region in /sys/bus/nd/devices/region*; do
  echo "$(cat "$region/size") bytes of $(cat "$region/mappings") DIMMs"
done
cp /sys/firmware/acpi/tables/NFIT /out/
for device in /dev/pmem*; do
  mke2fs -q -F -t ext4 "$device" && mount -t ext4 "$device" /mnt || exit 1
  cp /job/payload /mnt/payload && umount /mnt || exit 1
  e2fsck -fn "$device" >/run/fsck 2>&1 || { cat /run/fsck; exit 1; }
  echo "filled ${device##*/}"
done

for ns in /sys/bus/nd/devices/namespace*; do
  if [ "$(cat "$ns/alt_name" 2>/dev/null)" = "$GONE" ]; then
    ndctl destroy-namespace -f "${ns##*/}" 2>&1 || exit 1
  fi
done
ndctl create-namespace -m sector -l 512 -s "$FRESH" -n fresh >/run/fresh 2>&1 || {
  cat /run/fresh
  exit 1
}
ndctl read-labels -j all >/out/labels.after.json
