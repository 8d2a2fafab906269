# Collects facts for "deguchi doctor read" on a machine where deguchi is not
# installed. To try the ways it needs curl.exe, which Windows has since 2019.
#
#   powershell -ExecutionPolicy Bypass -File collect.ps1 > facts.txt
#
# It reads settings, changes nothing, sends no AWS credentials, and replaces
# secrets by ***. It writes into a temporary folder that it removes. Read it
# before you run it.

$kind = @KIND@
$name = @NAME@
$givenProxy = @PROXY@
$region = @REGION@
$programs = @PROGRAMS@ -split ' ' | Where-Object { $_ }
$targets = @TARGETS@ -split ' ' | Where-Object { $_ }
$large = @LARGE@ -split ' ' # the targets that a request of 32 KiB changes nothing at
$metadata = @METADATA@ # whether the metadata service is asked: yes or no

$tmp = Join-Path ([IO.Path]::GetTempPath()) ([IO.Path]::GetRandomFileName())
New-Item -ItemType Directory -Path $tmp | Out-Null

# Hide takes secrets out of a line.
function Hide([string]$line) {
    $line = $line -replace '^(\w*_proxy=(?:[a-z0-9+.-]+://)?[^:@/]*:)(?!//).*@', '$1***@'
    $line = $line -replace '(pass[a-z]*=)[^\s"]*', '$1***'
    $line = $line -replace '([?&][a-z_-]*token=)[^&\s"]*', '$1***'
    $line = $line -replace '(X-Amz-[a-z-]*=)[^&\s"]*', '$1***'
    $line = $line -replace '^(\w*(?:SECRET|ACCESS_KEY|PASSW|TOKEN(?!_FILE=))\w*)=.*', '$1=***'
    $line = $line -replace '(://[^:@\s"'']*:)[^\s"'']*@', '$1***@'
    $line = $line -replace '^([^:@/=\s"'']*:)[^/=\s"''][^=\s"'']*@', '$1***@'
    $line = $line -replace '([=\s"''][^:@/=\s"'']*:)[^/\s"''][^\s"'']*@', '$1***@'
    $line = $line -replace '^(AWS_\w*(ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|AUTHORIZATION_TOKEN)\w*)=.*', '$1=***'
    $line -replace '(AKIA|ASIA)[A-Z0-9]{12,}', '***'
}

# Lines writes what belongs to a source.
function Lines($lines) { foreach ($l in $lines) { '  : ' + (Hide $l) } }

# Place writes one of the five places where the SSM agent finds a proxy.
function Place([string]$place, [string]$path, [scriptblock]$read) {
    "source windows $place"
    if (-not (Test-Path $path)) { return }
    try { Lines (& $read (Get-ItemProperty -Path $path -ErrorAction Stop)) } catch { '  ! ' + $_.Exception.Message }
}

# ProxyValues are the values of a key whose names end in _proxy.
function ProxyValues($key) {
    $key.PSObject.Properties | Where-Object { $_.Name -match '_proxy$' } | ForEach-Object { $_.Name + '=' + $_.Value }
}

# WinHttp reads the value that "netsh winhttp set proxy" writes.
function WinHttp([byte[]]$b) {
    if (-not $b -or $b.Length -lt 16 -or -not ([BitConverter]::ToInt32($b, 8) -band 2)) { return }
    $at = 12
    foreach ($n in 'ProxyServer', 'ProxyOverride') {
        if ($at + 4 -gt $b.Length) { return }
        $len = [BitConverter]::ToInt32($b, $at)
        $at += 4
        if ($len -lt 0 -or $at + $len -gt $b.Length) { return }
        if ($len -gt 0) { $n + '=' + [Text.Encoding]::ASCII.GetString($b, $at, $len) }
        $at += $len
    }
}

# Ask runs curl.exe. No variable and no .curlrc has a say in it.
function Ask([string[]]$more) {
    foreach ($v in 'https_proxy', 'http_proxy', 'all_proxy', 'no_proxy') { [Environment]::SetEnvironmentVariable($v, $null, 'Process') }
    Set-Content -Path "$tmp\body" -Value '' -NoNewline
    $format = 'times %{time_namelookup} %{time_connect} %{time_appconnect} %{time_starttransfer} %{http_connect} %{http_code} %{remote_ip}'
    $all = @('-q', '-sS', '-v', '--http1.1', '-g', '-o', "$tmp\body", '--stderr', "$tmp\said", '--connect-timeout', '4', '-m', '12', '-A', 'deguchi-doctor', '-w', $format) + $more
    $script:times = (& curl.exe @all) -join ' '
    $script:code = $LASTEXITCODE
}

# Try makes one attempt and writes down what curl said.
function Try-Way([string]$way, [string]$phase, [string]$url, [string]$proxy, [string[]]$more) {
    "curl $way $url"
    "  phase $phase"
    '  at ' + [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
    if ($way -eq 'proxy') {
        '  proxy ' + (Hide $proxy)
        $more = @('--proxy', $proxy) + $more
    } else {
        $more = @('--noproxy', '*') + $more
    }
    Ask ($more + $url)
    $first = $script:code
    "  exit $first"
    '  ' + $script:times
    $said = Get-Content "$tmp\said" -ErrorAction SilentlyContinue
    $said | Where-Object { $_ -match '^[*<] ' -and $_ -notmatch 'authorization|cookie' } | ForEach-Object { '  ' + (Hide $_) }
    if ($phase -notin 'token', 'role') {
        Get-Content "$tmp\body" -TotalCount 20 -ErrorAction SilentlyContinue | ForEach-Object { '  body ' + (Hide $_.Substring(0, [Math]::Min(300, $_.Length))) }
    }
    $said | Where-Object { $_ -match '^\*\s+issuer: (.*)' } | Select-Object -Last 1 | ForEach-Object { '  issuer ' + ($_ -replace '^\*\s+issuer: ', '') }
    $script:code = $first
}

'deguchi-facts 1'
'tool powershell 1'
'time ' + [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ')
'machine ' + $env:COMPUTERNAME
'os windows'
'release ' + [Environment]::OSVersion.VersionString
$maker = (Get-CimInstance Win32_ComputerSystem -ErrorAction SilentlyContinue).Manufacturer
if ($maker -like 'Amazon EC2*') { 'ec2 yes' } elseif (-not $maker -or $maker -like 'Xen*') { 'ec2 unknown' } else { 'ec2 no' }
'container unknown'
"subject $kind $name".TrimEnd()

$secure = $givenProxy
$plain = $givenProxy
if ($kind -eq 'ssm-agent') {
    $internet = 'Software\Microsoft\Windows\CurrentVersion\Internet Settings'
    Place 'service' 'HKLM:\SYSTEM\CurrentControlSet\Services\AmazonSSMAgent' { param($k) $k.Environment }
    Place 'system' 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Environment' { param($k) ProxyValues $k }
    Place 'localsystem' 'Registry::HKEY_USERS\S-1-5-18\Environment' { param($k) ProxyValues $k }
    Place 'ie' "Registry::HKEY_USERS\S-1-5-18\$internet" { param($k) if ($k.ProxyEnable) { "ProxyServer=$($k.ProxyServer)"; "ProxyOverride=$($k.ProxyOverride)" } }
    Place 'winhttp' "HKLM:\$internet\Connections" { param($k) WinHttp $k.WinHttpSettings }
    $set = (Get-ItemProperty 'HKLM:\SYSTEM\CurrentControlSet\Services\AmazonSSMAgent' -ErrorAction SilentlyContinue).Environment
    foreach ($line in $set) {
        if (-not $secure -and $line -match '^https_proxy=(.+)') { $secure = $Matches[1] }
        if (-not $plain -and $line -match '^http_proxy=(.+)') { $plain = $Matches[1] }
    }
    'source version amazon-ssm-agent'
    $exe = Join-Path $env:ProgramFiles 'Amazon\SSM\amazon-ssm-agent.exe'
    if (Test-Path $exe) { '  : ' + (Get-Item $exe).VersionInfo.ProductVersion } else { '  ! not installed' }
    $log = Join-Path $env:ProgramData 'Amazon\SSM\Logs\amazon-ssm-agent.log'
    if (Test-Path $log) {
        "source log $log"
        Lines (Select-String -Path $log -Pattern 'error|proxy|failed' | Select-Object -Last 50 | ForEach-Object { "$($_.LineNumber):$($_.Line)" })
    }
} else {
    'source environ environment'
    Lines (Get-ChildItem Env: | Where-Object { $_.Name -match '_proxy$|^AWS_|_CA_BUNDLE$|^SSL_CERT_|^NODE_EXTRA_CA_CERTS$|^JAVA_TOOL_OPTIONS$|^GODEBUG$' } | ForEach-Object { $_.Name + '=' + $_.Value })
    if (-not $secure) { $secure = $env:https_proxy }
    if (-not $plain) { $plain = $env:http_proxy }
}
if (-not $region) { $region = $env:AWS_REGION }
if (-not $region) { $region = $env:AWS_DEFAULT_REGION }
if ($region) { "region $region" }
foreach ($p in $programs) { "program $p" }
if ($givenProxy) { 'proxy ' + (Hide $givenProxy) }
foreach ($t in $targets) { "target $t" }

if (-not (Get-Command curl.exe -ErrorAction SilentlyContinue)) {
    'note no curl.exe: the ways were not tried'
    'end'
    Remove-Item -Recurse -Force $tmp
    exit 0
}
[Console]::Error.WriteLine('This contacts:')
if ($secure -or $plain) { [Console]::Error.WriteLine('  the proxy ' + (Hide "$secure $plain")) }
foreach ($t in $targets) { [Console]::Error.WriteLine("  $t") }
if ($metadata -eq 'yes') { [Console]::Error.WriteLine('  http://169.254.169.254/ (instance metadata, directly and as the proxy would)') }

if ($metadata -eq 'yes') {
    $imds = 'http://169.254.169.254/'
    $ttl = 'X-aws-ec2-metadata-token-ttl-seconds: 60'
    Try-Way 'direct' 'token' $imds '' @('-m', '2', '-X', 'PUT', '-H', $ttl, '--request-target', '/latest/api/token')
    if (($script:times -split ' ')[6] -eq '200') {
        $token = (Get-Content "$tmp\body" -Raw).Trim()
        Try-Way 'direct' 'role' $imds '' @('-m', '2', '-H', "X-aws-ec2-metadata-token: $token", '--request-target', '/latest/meta-data/iam/security-credentials/')
    }
    if ($plain) {
        Try-Way 'proxy' 'token' $imds $plain @('-X', 'PUT', '-H', $ttl, '--request-target', 'http://169.254.169.254/latest/api/token')
    }
}
[IO.File]::WriteAllBytes("$tmp\zero", (New-Object byte[] 32768))
foreach ($target in $targets) {
    $proxy = $secure
    if ($target -like 'http://*') { $proxy = $plain }
    $ways = @('direct')
    if ($proxy) { $ways = @('proxy', 'direct') }
    foreach ($way in $ways) {
        $path = @()
        if ($target -like 'https://sts.*/') { $path = @('--request-target', '/?Action=GetCallerIdentity&Version=2011-06-15') }
        Try-Way $way 'request' $target $proxy $path
        if ($script:code -ne 0) { continue }
        if ($target -like 'https://ssmmessages.*') {
            Try-Way $way 'upgrade' $target $proxy @('-m', '4', '-H', 'Connection: Upgrade', '-H', 'Upgrade: websocket', '-H', 'Sec-WebSocket-Version: 13', '-H', 'Sec-WebSocket-Key: ZGVndWNoaS1kb2N0b3ItMQ==', '--request-target', '/v1/data-channel/deguchi-doctor?role=publish_subscribe')
        }
        if ($large -contains $target) {
            Try-Way $way 'body' $target $proxy @('-H', 'Expect:', '-H', 'Content-Type: application/octet-stream', '--data-binary', "@$tmp\zero")
        }
    }
}
Remove-Item -Recurse -Force $tmp
