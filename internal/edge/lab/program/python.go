package program

// pythonClient asks with requests, which most Python programs do. Its arguments
// are those of Command. It ends with 0 if the answer was no error, else with 1
// and the exception or the status.
const pythonClient = `import re, sys, requests
url, method, authorization, token, target, connect, total = sys.argv[1:]
seconds = lambda text: sum(float(n) * {"m": 60, "s": 1, "ms": .001}[unit] for n, unit in re.findall(r"([0-9.]+)(ms|m|s)", text))
headers = {name: value for name, value in (("Authorization", authorization), ("X-Amz-Security-Token", token), ("X-Amz-Target", target)) if value}
try:
    answer = requests.request(method, url, headers=headers, timeout=(seconds(connect), seconds(total)))
except requests.RequestException as failure:
    sys.exit("%s: %r" % (type(failure).__name__, failure))
print(answer.status_code)
sys.exit(0 if answer.status_code < 400 else 1)
`
