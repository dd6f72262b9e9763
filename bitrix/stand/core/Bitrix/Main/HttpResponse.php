<?php

declare(strict_types=1);

namespace Bitrix\Main;

final class HttpResponse
{
    public string $status = '200 OK';

    public function setStatus(string $status): self
    {
        $this->status = $status;

        return $this;
    }
}
