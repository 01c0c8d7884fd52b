# pg_fin_api under test: starts it over a cluster, speaks HTTP with it, byte by byte where a client would not.
package ApiServer;
use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter 'import';
use File::Basename qw(dirname);
use HTTP::Tiny;
use IO::Socket::INET;
use POSIX qw(_exit WNOHANG);
use Time::HiRes qw(sleep time);
our @EXPORT = qw(start_api wait_until free_port);

my $program = $ENV{PG_FIN_API} // dirname(abs_path(__FILE__)) . '/../../build/release/api/pg_fin_api';

sub free_port {
    my $probe = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1) or die "no port: $!";
    return $probe->sockport;
}

# True once $check is; false after $seconds.
sub wait_until {
    my ($check, $seconds) = @_;
    my $end = time + ($seconds // 30);
    while (time < $end) {
        return 1 if $check->();
        sleep 0.05;
    }
    return 0;
}

# start_api($folder, db_uri, %settings): waits until it answers unless wait => 0.
sub start_api {
    my ($folder, $uri, %settings) = @_;
    -x $program or die "$program is not built (cmake --build build/release --target pg_fin_api, or PG_FIN_API=...)";
    my $wait = delete $settings{wait} // 1;
    my $self = bless {
        port => delete $settings{port} // free_port(), admin => delete $settings{admin} // free_port(),
        log => "$folder/api.log", access => "$folder/access.log",
    }, 'ApiServer';
    my %all = (
        'db-uri' => $uri, 'db-anon-role' => 'web_anon', 'server-host' => '127.0.0.1', 'log-level' => 'info',
        'server-port' => $self->{port}, 'admin-server-port' => $self->{admin}, 'fin-access-log' => $self->{access},
        'fin-client-timeout' => 2, %settings);
    open my $file, '>', "$folder/api.conf" or die $!;
    print $file "$_ = \"$all{$_}\"\n" for sort keys %all;
    close $file or die $!;
    $self->{pid} = fork // die "fork: $!";
    if ($self->{pid} == 0) {
        open STDERR, '>>', $self->{log} or _exit(1);
        open STDOUT, '>>', $self->{log} or _exit(1);
        delete $ENV{PGAPPNAME};  # would be the server's own name
        exec $program, "$folder/api.conf" or _exit(1);
    }
    die "pg_fin_api did not start: see $self->{log}" if $wait && !wait_until(sub { $self->ready });
    return $self;
}

sub ready {
    my ($self) = @_;
    return HTTP::Tiny->new(timeout => 2)->get("http://127.0.0.1:$self->{admin}/ready")->{status} == 200;
}

# Status, body and headers of one request.
sub ask {
    my ($self, $method, $path, %options) = @_;
    my $client = HTTP::Tiny->new(timeout => $options{timeout} // 15, keep_alive => 0);
    my $answer = $client->request($method, "http://127.0.0.1:$self->{port}$path",
        { headers => { 'Content-Type' => 'application/json', %{ $options{headers} // {} } },
          (defined $options{body} ? (content => $options{body}) : ()) });
    return ($answer->{status}, $answer->{content}, $answer->{headers});
}

sub connect_raw {
    my ($self) = @_;
    return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}) // die "connect: $!";
}

# What comes back for these bytes until the server closes or is silent for half a second; and whether it closed.
sub raw {
    my ($self, $bytes, $silence) = @_;
    my $socket = $self->connect_raw;
    local $SIG{PIPE} = 'IGNORE';
    $socket->syswrite($bytes);
    return $self->drain($socket, $silence // 0.5);
}

sub drain {
    my ($self, $socket, $silence) = @_;
    my $answer = '';
    while (1) {
        my $ready = '';
        vec($ready, fileno $socket, 1) = 1;
        return ($answer, 0) unless select($ready, undef, undef, $silence);
        my $got = $socket->sysread(my $block, 65536);
        return ($answer, 1) unless $got;
        $answer .= $block;
    }
}

sub metric {
    my ($self, $name) = @_;
    my ($value) = $self->metrics =~ /^\Q$name\E (\S+)$/m;
    return $value;
}

sub metrics {
    my ($self) = @_;
    return HTTP::Tiny->new(timeout => 5)->get("http://127.0.0.1:$self->{admin}/metrics")->{content};
}

# Sends a signal and waits for the end: the exit status.
sub stop {
    my ($self, $signal) = @_;
    return unless $self->{pid};
    kill $signal // 'TERM', $self->{pid};
    waitpid $self->{pid}, 0;
    delete $self->{pid};
    return $?;
}

sub DESTROY {
    my ($self) = @_;
    local $?;
    $self->stop('KILL');
    return;
}

1;
