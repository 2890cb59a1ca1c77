#!/bin/bash
# A whole Postfix of our own under DIR, on 127.0.0.1:PORT, that delivers everything to DIR/mail/naccs
# (Maildir). Wants root. Ended by: postfix -c DIR/conf stop
#
#   tests/interop/postfix.sh DIR PORT
set -e
dir=$1 port=$2
mkdir -p $dir/conf $dir/queue $dir/data $dir/mail
chown postfix $dir/data; chown nobody $dir/mail; chmod 755 $dir
cat > $dir/conf/main.cf <<C
compatibility_level = 3.6
queue_directory = $dir/queue
data_directory = $dir/data
daemon_directory = $(postconf -dh daemon_directory)
myhostname = mail.prod.naccs6
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
virtual_mailbox_domains = mail.prod.naccs6
virtual_mailbox_base = $dir/mail
virtual_mailbox_maps = static:naccs/
virtual_uid_maps = static:$(id -u nobody)
virtual_gid_maps = static:$(id -g nobody)
message_size_limit = 4000000
virtual_mailbox_limit = 0
maillog_file = $dir/log
maillog_file_prefixes = $dir
smtpd_recipient_restrictions = permit
smtpd_relay_restrictions = permit_auth_destination, reject
C
cat > $dir/conf/master.cf <<C
127.0.0.1:$port inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
C
postfix -c "$dir/conf" start >/dev/null 2>&1
