<?php

declare(strict_types=1);

namespace Emias\Gateway\Controller;

use Bitrix\Main\DI\ServiceLocator;
use Bitrix\Main\Engine\ActionFilter;
use Bitrix\Main\Engine\Controller;
use Emias\Gateway\Client\Exception\GatewayException;
use Emias\Gateway\Config\Settings;
use Emias\Gateway\Identity\Login;
use Emias\Gateway\Identity\LoginSession;

/** The visitor's login by Gosuslugi: `emias:gateway.identity.<action>`, by POST, with the site's CSRF token. */
final class Identity extends Controller
{
    /**
     * Tells whether a login is offered, who has logged in, and once what became of the last login.
     *
     * @return array<string, mixed>
     */
    public function stateAction(): array
    {
        $notice = $this->session()->takeNotice();
        $person = $this->session()->person();
        $this->session()->close();

        return [
            'enabled' => $person !== null || $this->login()->isOffered(),
            'person' => $person,
            'notice' => $notice,
        ];
    }

    /**
     * @return array<string, mixed>|null
     */
    public function startAction(string $returnPath): ?array
    {
        try {
            return ['url' => $this->login()->start($returnPath)];
        } catch (GatewayException $refusal) {
            $this->addError(Told::error($refusal));

            return null;
        }
    }

    /**
     * @return array<string, mixed>
     */
    public function leaveAction(): array
    {
        $address = $this->session()->logoutUrl();
        try {
            $address = $this->login()->leave();
        } catch (GatewayException) {
            // The session has forgotten the ticket, which nobody else can use; it ends by itself within half an hour.
        }

        return ['logout_url' => $address];
    }

    /**
     * Forgets a ticket that a booking has spent.
     *
     * @return array<string, mixed>
     */
    public function forgetAction(): array
    {
        $this->session()->forget();

        return [];
    }

    /**
     * @return list<ActionFilter\Base>
     */
    protected function getDefaultPreFilters(): array
    {
        return [
            new ActionFilter\HttpMethod([ActionFilter\HttpMethod::METHOD_POST]),
            new ActionFilter\Csrf(),
        ];
    }

    private function session(): LoginSession
    {
        return ServiceLocator::getInstance()->get(Settings::MODULE . '.identity.session');
    }

    private function login(): Login
    {
        return ServiceLocator::getInstance()->get(Settings::MODULE . '.identity.login');
    }
}
