# Net::SMTP, one connection: HOST PORT COUNT; prints how many messages a second.
use strict;
use warnings;
use Net::SMTP;
use Time::HiRes qw(time);

my ($host, $port, $count) = @ARGV;
my $message = "From: a\@b.example\r\nSubject: load\r\n\r\n" . ("X" x 78 . "\r\n") x 12;
my $smtp = Net::SMTP->new($host, Port => $port, Hello => 'b.example') or die "no connection\n";
my $begun = time;
for (1 .. $count) {
    $smtp->mail('a@b.example') && $smtp->to('NACCS@MAIL.PROD.NACCS6') && $smtp->data() or die;
    $smtp->datasend($message);
    $smtp->dataend() or die "refused\n";
}
my $took = time - $begun;
$smtp->quit;
printf "%.1f\n", $count / $took;
