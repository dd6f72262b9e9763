<?php

declare(strict_types=1);

namespace Emias\Gateway\Client;

/** Curl without the Bitrix kernel: for cron, the command line and tests. */
final class CurlTransport implements Transport
{
    private const NEVER_SENT = [
        CURLE_UNSUPPORTED_PROTOCOL,
        CURLE_URL_MALFORMAT,
        CURLE_COULDNT_RESOLVE_HOST,
        CURLE_COULDNT_CONNECT,
        CURLE_SSL_CONNECT_ERROR,
        CURLE_SSL_PEER_CERTIFICATE,
        CURLE_SSL_CACERT_BADFILE,
    ];

    public function send(Request $request): Response
    {
        $headers = [];
        $body = '';
        $handle = curl_init();
        curl_setopt_array($handle, $this->options($request, $headers, $body));
        $done = curl_exec($handle);
        $code = curl_errno($handle);
        $connected = curl_getinfo($handle, CURLINFO_PRETRANSFER_TIME) > 0;
        $status = (int) curl_getinfo($handle, CURLINFO_RESPONSE_CODE);
        curl_close($handle);
        if ($done === false) {
            throw new TransportFailure('curl_' . $code, in_array($code, self::NEVER_SENT, true) || !$connected);
        }

        return new Response($status, $headers, $body);
    }

    /**
     * @param array<string, string> $headers
     * @return array<int, mixed>
     */
    private function options(Request $request, array &$headers, string &$body): array
    {
        $lines = ['Expect:'];
        foreach ($request->headers as $name => $value) {
            $lines[] = $name . ': ' . $value;
        }
        $options = [
            CURLOPT_URL => $request->url,
            CURLOPT_CUSTOMREQUEST => $request->method,
            CURLOPT_HTTPHEADER => $lines,
            CURLOPT_HTTP_VERSION => CURL_HTTP_VERSION_1_1,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_CONNECTTIMEOUT => Request::CONNECT_SECONDS,
            CURLOPT_TIMEOUT => $request->timeout,
            CURLOPT_NOSIGNAL => true,
            CURLOPT_HEADERFUNCTION => static function ($_, string $line) use (&$headers): int {
                $parts = explode(':', $line, 2);
                if (count($parts) === 2) {
                    $headers[strtolower(trim($parts[0]))] = trim($parts[1]);
                }

                return strlen($line);
            },
            CURLOPT_WRITEFUNCTION => static function ($_, string $part) use (&$body): int {
                if (strlen($body) + strlen($part) > Request::LARGEST_ANSWER) {
                    return 0;
                }
                $body .= $part;

                return strlen($part);
            },
        ];

        return $request->body === null ? $options : $options + [CURLOPT_POSTFIELDS => $request->body];
    }
}
