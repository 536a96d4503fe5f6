#!/bin/sh
# make run: pregond in the foreground, on a community that lives.
#
#   FOR=20s      end by itself, with a summary
#   GROUP=URL    watch this feed instead, for MEMBER=ADDRESS
#   BUILD=DIR    where the programs are
set -eu
cd "$(dirname "$0")/../.."
conf=$PWD/conf
case ${BUILD:=build/release} in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
dir=$BUILD/demo
community= daemon= timer=

end() {
	trap - INT TERM EXIT
	for p in $timer $daemon $community; do
		kill "$p" 2>/dev/null || true
	done
	wait
}

fill() { # template: what @...@ stands for today
	sed -e "s|@DIR@|$dir|; s|@CONF@|$conf|; s|@BASE@|$base|" \
	    -e "s|@SOON@|$soon|; s|@TODAY@|$today|" "$1"
}

rm -rf "$dir"
mkdir -p "$dir/groups.d" "$dir/members.d"
trap end EXIT

if [ -n "${GROUP:-}" ]; then
	: "${MEMBER:?GROUP= needs MEMBER=ADDRESS, whom it is for}"
	base=$(printf %s "$GROUP" | sed 's|\(://[^/]*\).*|\1|')
	soon=$(TZ=Europe/Madrid date -d '+60 seconds' +%H:%M:%S) today=monday
	printf '[group:group]\nurl = %s\nevery = 1m\n' "$GROUP" \
	    >"$dir/groups.d/group.ini"
	printf '[member]\nemail = %s\nfrequency = immediate\ncomments = yes\n' \
	    "$MEMBER" >"$dir/members.d/me.ini"
	echo "Watching $GROUP for $MEMBER. What is there now is not mailed;"
	echo "new debates and comments are."
else
	"$BUILD/tests/community" --script "$conf/demo/community.txt" \
	    --port-file "$dir/port" >/dev/null &
	community=$!
	while [ ! -e "$dir/port" ]; do
		kill -0 $community # it says itself why it ended
		sleep 0.05
	done
	base=http://127.0.0.1:$(cat "$dir/port")
	soon=$(TZ=Europe/Madrid date -d '+10 seconds' +%H:%M:%S)
	today=$(TZ=Europe/Madrid LC_ALL=C date -d '+10 seconds' +%A |
	    tr A-Z a-z)
	for f in groups.d/community.ini members.d/ana.ini members.d/luis.ini \
	    members.d/emma.ini; do
		fill "$conf/demo/$f" >"$dir/$f"
	done
	echo "A small community is being served at $base/ (look at it)."
	echo "Ana gets every debate at once, Luis a daily digest at $soon,"
	echo "Emma a weekly one, in English, about data."
fi
fill "$conf/demo/pregon.ini" >"$dir/pregon.ini"
echo "Mails go to $dir/Maildir/new. Ctrl-C ends."
echo

# Ctrl-C reaches pregond too; this shell waits for it to end.
trap : INT
"$BUILD/pregond" -c "$dir" &
daemon=$!
if [ -n "${FOR:-}" ]; then
	(trap 'kill $s' TERM; sleep "$FOR" & s=$!; wait $s; kill -TERM $daemon) \
	    2>/dev/null &
	timer=$!
fi
status=0
wait $daemon || status=$?
while kill -0 $daemon 2>/dev/null; do # a signal cut the wait short
	status=0
	wait $daemon || status=$?
done
daemon=
echo
"$BUILD/pregonctl" -c "$dir" queue list --all
echo
echo "To look further: $BUILD/pregonctl -c $dir --help"
exit $status
