# What scripts do with MPI: install it where it is missing, build with it, start programs under it and judge how they end.
# To be read by bash; the caller sets `root` and has a function `fail`.
# shellcheck shell=bash

# Open MPI refuses to run as root otherwise.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

# mpi_check_name NAME
mpi_check_name() { [[ $1 = openmpi || $1 = mpich ]] || fail "'$1' is no MPI library that this script knows: openmpi, mpich"; }

# Its launcher, as Debian names it, or as the library's own installation does.
mpi_launcher() {
  local name
  for name in "mpirun.$1" mpirun mpiexec; do
    command -v "$name" >/dev/null || continue
    case $("$name" --version 2>/dev/null) in
      *"Open MPI"* | *OpenRTE*) [ "$1" = openmpi ] || continue ;;
      *HYDRA* | *MPICH*) [ "$1" = mpich ] || continue ;;
      *) continue ;;
    esac
    echo "$name"
    return
  done
  return 1
}

# The file of pkg-config that its `mpi.pc` is a link to: both libraries install one under a name of their own, too.
mpi_pc() {
  local name=mpich folder
  if [ "$1" = openmpi ]; then name=ompi; fi
  folder=$(pkg-config --variable=pcfiledir "$name" 2>/dev/null) && [ -e "$folder/$name.pc" ] && echo "$folder/$name.pc"
}

# mpi_setup NAME: installs the library and its launcher where they are missing.
mpi_setup() {
  local packages="openmpi-bin libopenmpi-dev" as_root=(env)
  if [ "$1" = mpich ]; then packages="mpich libmpich-dev"; fi
  if mpi_launcher "$1" >/dev/null && mpi_pc "$1" >/dev/null; then return; fi
  command -v apt-get >/dev/null || fail "there is no $1: install your system's packages of what Debian calls $packages"
  if [ "$(id -u)" -ne 0 ]; then as_root=(sudo env); fi
  echo "installing $packages" >&2
  local apt=("${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
  # shellcheck disable=SC2086 # two packages
  "${apt[@]}" install --yes --no-install-recommends $packages >/dev/null 2>&1 \
    || { "${apt[@]}" update >/dev/null 2>&1; "${apt[@]}" install --yes --no-install-recommends $packages >/dev/null; } \
    || fail "apt could not install $packages. Run as root: apt-get update && apt-get install $packages"
  if ! mpi_launcher "$1" >/dev/null || ! mpi_pc "$1" >/dev/null; then
    fail "$packages are installed, but mpirun or their file for pkg-config is not found"
  fi
}

# Where programs are built with a library: in a folder of its own, so that builds with and without the trait do not undo
# each other.
mpi_scratch() { if [ "$1" = openmpi ]; then echo "$root/.build-mpi"; else echo "$root/.build-$1"; fi; }

# mpi_build NAME CONFIGURATION PRODUCT...: builds with the trait. Gives the folder of the programs.
mpi_build() {
  local name=$1 configuration=$2 product log scratch pc
  shift 2
  scratch=$(mpi_scratch "$name")
  mkdir -p "$scratch/pkgconfig"
  pc=$(mpi_pc "$name")
  # Left alone where it is right: a newer link would have everything built again.
  if [ "$(readlink "$scratch/pkgconfig/mpi.pc" || true)" != "$pc" ]; then ln -sf "$pc" "$scratch/pkgconfig/mpi.pc"; fi
  local build=(env "PKG_CONFIG_PATH=$scratch/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}" swift build --package-path "$root"
    --scratch-path "$scratch" --traits MPI -c "$configuration")
  for product in "$@"; do
    if ! log=$("${build[@]}" --product "$product" 2>&1); then
      echo "$log" >&2
      fail "$product does not build with MPI (see above)"
    fi
  done
  echo "$scratch/$configuration"
}

# mpi_command NAME RANKS [OPTION...]: sets `mpi`, the words before the program's name. More options are mpirun's own.
mpi_command() {
  local name=$1 ranks=$2 launcher
  shift 2
  launcher=$(mpi_launcher "$name") || fail "there is no mpirun of $name"
  case $name in
    # Ranks share a machine's cores as its system sees fit. Where one has ended, mpirun asks the others to after 4 s and kills
    # them 4 s later, whether they are still there or not: long enough to say why. A lost host is noticed within 15 s.
    openmpi) mpi=("$launcher" -q --oversubscribe --bind-to none --mca odls_base_sigkill_timeout "${mpi_patience:-4}"
      --mca oob_tcp_keepalive_time 5 --mca oob_tcp_keepalive_intvl 2 --mca oob_tcp_keepalive_probes 5) ;;
    mpich) mpi=("$launcher" -bind-to none) ;;
  esac
  mpi+=(-n "$ranks" "$@")
}

# Without the lines that Open MPI writes of its own affairs, whatever it is told (-q), mostly of a peer that is gone: its TCP
# layer, its copies between processes of a machine, its launcher. What vae-train says is all that there is to know.
without_noise() {
  sed -u -E -e '/^\[[^]]+\]\[\[[0-9]+,[0-9]+\],[0-9]+\]\[[^]]*\/btl\/tcp\//d' -e '/^\[[^]]+:[0-9]+\] (Read -1, expected |plm:rsh: Warning: setpgid)/d' \
    -e '/^\[warn\] Epoll /d'
}

# The processes that have a text in an argument: their numbers.
processes_with() {
  local file
  for file in $(grep -lsaF -- "$1" /proc/[0-9]*/cmdline); do
    file=${file#/proc/}
    # The search itself is over.
    if [ -e "/proc/$file" ]; then echo "${file%/cmdline}"; fi
  done
}

# The rank of a process of a program; nothing where it has none.
rank_of() {
  tr '\0' '\n' 2>/dev/null <"/proc/$1/environ" | sed -n 's/^OMPI_COMM_WORLD_RANK=//p; s/^PMI_RANK=//p; s/^PMIX_RANK=//p' | head -1
}

# process_of RANK TEXT: the number of the rank's process, among those whose command line has a text.
process_of() {
  local process
  for process in $(processes_with "$2"); do
    if [ "$(rank_of "$process")" = "$1" ]; then
      echo "$process"
      return
    fi
  done
  return 1
}

# A table of losses without its times, which no two runs have the same.
without_times() {
  awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /seconds|per_second/) drop[i] = 1 }
    { line = ""; for (i = 1; i <= NF; i++) if (!(i in drop)) line = line $i OFS; print line }' "$1"
}

# same FOLDER FOLDER: whether two runs have the same weights, digests and losses, byte for byte; says what differs.
same() {
  local file result=0
  for file in model.safetensors digests.csv; do
    cmp -s "$1/$file" "$2/$file" || { echo "$file of $2 differs from that of $1" >&2; result=1; }
  done
  if [ ! -s "$1/history.csv" ] || [ "$(without_times "$1/history.csv")" != "$(without_times "$2/history.csv")" ]; then
    echo "history.csv of $2 differs from that of $1" >&2
    result=1
  fi
  return "$result"
}
