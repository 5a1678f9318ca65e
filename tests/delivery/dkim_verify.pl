# Verifies the message on standard input with Mail::DKIM. The arguments are a DNS record's name and text: the only answer
# that the DNS gives here.
use strict;
use warnings;
use Mail::DKIM::DNS;
use Mail::DKIM::Verifier;

my ($name, $record) = @ARGV;

package Answer;
sub new     { bless {}, shift }
sub type    { "TXT" }
sub txtdata { ($record) }

package main;
{
    no warnings "redefine";
    *Mail::DKIM::DNS::query_async = sub {
        my ($host, $type, %options) = @_;
        return sub { $options{Callbacks}{Success}->($host eq $name ? Answer->new : ()) };
    };
}
binmode STDIN;
my $verifier = Mail::DKIM::Verifier->new;
while (<STDIN>) { $verifier->PRINT($_) }
$verifier->CLOSE;
print $verifier->result_detail, "\n";
print join(":", map { lc } $verifier->signature->headerlist), "\n" if $verifier->signature;
