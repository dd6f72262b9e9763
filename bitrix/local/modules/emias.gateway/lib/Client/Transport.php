<?php

declare(strict_types=1);

namespace Emias\Gateway\Client;

/** Carries one request to the gateway and brings its answer back, whatever its status. */
interface Transport
{
    /**
     * @throws TransportFailure when there is no whole answer
     */
    public function send(Request $request): Response;
}
