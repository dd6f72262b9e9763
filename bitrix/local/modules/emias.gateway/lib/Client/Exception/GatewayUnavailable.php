<?php

declare(strict_types=1);

namespace Emias\Gateway\Client\Exception;

/** The gateway cannot be asked; surely nothing happened there. */
final class GatewayUnavailable extends GatewayException
{
}
