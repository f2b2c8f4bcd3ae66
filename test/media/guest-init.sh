#!/busybox sh
# The guest's first process: file systems, modules, udev, D-Bus, udisks, and then the agent that does what it is told.
# The host's programs and packages are used in place; what is written beside them stays in the guest's memory.
export PATH=/usr/sbin:/usr/bin
b=/busybox
$b echo start
say() { read -r up rest </proc/uptime; echo "$up $1"; }
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
$b mount -t devtmpfs dev /dev
$b mkdir -p /dev/pts /dev/shm
$b mount -t devpts pts /dev/pts
say kernel
for place in /run /tmp /dev/shm /station; do $b mount -t tmpfs tmpfs $place; done
while read -r module; do $b insmod "/modules/$module" 2>/dev/null || echo "left out: $module"; done </modules/load-order

say modules
share() { $b mkdir -p "$2" && $b mount -t 9p -o "trans=virtio,version=9p2000.L,msize=512000,$3" "$1" "$2"; }
share usr /usr ro,cache=loose
share exchange /exchange rw,cache=none

$b ip link set lo up
$b ip link set eth0 up
$b ip addr add 10.0.2.15/24 dev eth0
say network
/usr/lib/systemd/systemd-udevd --daemon
$b mkdir -p /run/dbus
dbus-daemon --system --fork --nopidfile
/usr/libexec/udisks2/udisksd &
say services
while [ ! -e /exchange/bundled ]; do $b sleep 0.1; done
share app /app ro,cache=loose
share packages /lower ro,cache=loose
$b mkdir -p /station/upper /station/work
$b mount -t overlay -o lowerdir=/lower,upperdir=/station/upper,workdir=/station/work overlay /app/node_modules
say application
export PATH=/app/node_modules/node/bin:/usr/sbin:/usr/bin HOME=/station
export NODE_COMPILE_CACHE=/app/compiled NODE_COMPILE_CACHE_PORTABLE=1
cd /app && node electron/cli/guest-agent.js
echo "the agent ended with $?"
$b poweroff -f
