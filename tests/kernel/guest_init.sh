#!/bin/busybox sh
# SPDX-License-Identifier: BSD-3-Clause
# The first process of the guest: loads the drivers, runs /job/job.sh, powers off. The kernel's
# console is ttyS0. ttyS1 belongs to the job: what it prints, between the lines "guest: begin" and
# "guest: exit STATUS". Files it leaves in /out go to the first virtio disk as a tar archive.
/bin/busybox --install -s /bin
export PATH=/usr/bin:/sbin:/bin HOME=/ TERM=dumb
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /run
stty -F /dev/ttyS1 raw -echo

while read -r module; do
  insmod "$module" || echo "guest: $module cannot be loaded"
done </etc/modules
# Reading this file waits for the end of probing, which runs beside the loading.
for probe in /sys/bus/nd/devices/ndbus*/wait_probe; do
  [ -e "$probe" ] && cat "$probe" >/dev/null
done

# For jobs. busybox has programs of its own with two of these names, and its shell prefers them. The
# number in pmemN is that of a region, which QEMU's table of devices brings in any order.
cat >/run/names.sh <<'NAMES'
mke2fs() { /sbin/mke2fs "$@"; }
blockdev() { /sbin/blockdev "$@"; }
dimm_of() {  # /dev/pmem3.1s: the number of the DIMM it lies on
  region=${1#/dev/pmem}
  region=${region%s}
  sed 's/^nmem\([0-9]*\),.*/\1/' "/sys/bus/nd/devices/region${region%.*}/mapping0"
}
NAMES
cd /job || exit
echo "guest: begin" >/dev/ttyS1
sh -c '. /run/names.sh; . /job/job.sh' </dev/null >/dev/ttyS1 2>&1
status=$?
cd /
if [ -b /dev/vda ] && [ -n "$(ls -A /out)" ]; then
  tar -c -C /out -f - . | dd of=/dev/vda bs=64k conv=fsync 2>/dev/null
fi
sync
echo "guest: exit $status" >/dev/ttyS1
poweroff -f
